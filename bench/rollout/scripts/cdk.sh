#!/usr/bin/env bash
# The roll-out by the CDK CLI, from a cloud assembly laid out by bench/rollout/cdk_assembly.py. It publishes the packages itself. An
# assembly can carry neither a parameter's value nor anything from Region to Region: both are given here, on a first roll-out; later ones
# keep them.
set -euo pipefail

: "${SUFFIX:?}" "${HOME_REGION:?}" "${PRIMARY_REGION:?}" "${IS_FIRST:?}"
words=(--app assembly --require-approval never --no-notices --no-version-reporting --method direct --progress events --concurrency 2)

output() { # STACK OUTPUT
  python -c 'import json, sys; print(json.load(open("outputs.json"))[sys.argv[1]][sys.argv[2]])' "$1-$SUFFIX" "$2"
}

deploy() { # STACK...: with `given` as parameters of each of them
  local stack value parameters=()
  for stack in "$@"; do
    for value in "${given[@]}"; do parameters+=(--parameters "payment-$stack-$SUFFIX:$value"); done
  done
  cdk deploy "${words[@]}" --exclusively "$@" "${parameters[@]}" --outputs-file outputs.json
}

if [[ $IS_FIRST != yes ]]; then
  cdk deploy "${words[@]}" --all
  exit
fi
mapfile -t given <parameters/bootstrap.txt
deploy "bootstrap-$HOME_REGION" "bootstrap-$PRIMARY_REGION"
zone=HostedZoneId=$(output "payment-bootstrap-$HOME_REGION" HostedZoneId)
servers=HostedZoneNameServers=$(output "payment-bootstrap-$HOME_REGION" HostedZoneNameServers)
mapfile -t given < <(grep -v ^Activation= parameters/regional.txt)
given+=("$zone" Activation=Prepared)
deploy "regional-$HOME_REGION" "regional-$PRIMARY_REGION"
targets=("PrimaryDomainTarget=$(output "payment-regional-$PRIMARY_REGION" RegionalDomainName)"
  "SecondaryDomainTarget=$(output "payment-regional-$HOME_REGION" RegionalDomainName)")
mapfile -t given <parameters/global.txt
given+=("$zone" "$servers" "${targets[@]}")
deploy "global-$HOME_REGION"
given=(Activation=Live "HealthCheckIdPrimary=$(output "payment-global-$HOME_REGION" HealthCheckIdPrimary)"
  "HealthCheckIdSecondary=$(output "payment-global-$HOME_REGION" HealthCheckIdSecondary)")
deploy "regional-$HOME_REGION" "regional-$PRIMARY_REGION"
