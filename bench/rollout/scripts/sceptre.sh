#!/usr/bin/env bash
# The roll-out by Sceptre, in a project laid out by bench/rollout/sceptre_project.py: one launch, and on a first roll-out another one
# before it. Its graph may hold no circle, so what the regional stacks take from the global one is read here.
set -euo pipefail

: "${HOME_REGION:?}" "${SUFFIX:?}" "${IS_FIRST:?}"

output() { # OUTPUT
  aws cloudformation describe-stacks --region "$HOME_REGION" --stack-name "payment-$SUFFIX-$HOME_REGION-global" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue | [0]"
}

live() { # WORD...: to Sceptre
  sceptre --no-colour --var activation=Live --var "HealthCheckIdPrimary=$(output HealthCheckIdPrimary)" \
    --var "HealthCheckIdSecondary=$(output HealthCheckIdSecondary)" "$@"
}

if [[ $IS_FIRST == yes ]]; then
  sceptre --no-colour --var activation=Prepared launch --yes "$SUFFIX"
fi
live launch --yes "$SUFFIX"
