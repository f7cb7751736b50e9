"""Floor 2: from one Environment to finished template bodies and packages. The only room that knows Jinja.

contract -> api_gateway_body --+
Environment -> interface ------+--> engine (strict Jinja over templates/) --> RenderedSystem
functions/, canaries/
            -> packages, layer-+
"""
