#!/usr/bin/env bash
# The roll-out as a careful script over the AWS CLI: what is there already is updated, both Regions at once where they allow it.
# In the current folder: the three templates, parameters/<body>.txt (a NAME=VALUE a line), packages/ as the buckets are to hold it.
set -euo pipefail

: "${SUFFIX:?}" "${ACCOUNT_ID:?}" "${HOME_REGION:?}" "${REGIONS:?}" "${STACK_SET:?}" "${POLL_SECONDS:?}" "${TAGS:?}"
read -ra regions <<<"$REGIONS"
read -ra tags <<<"$TAGS"
home=(--region "$HOME_REGION")

bucket() { echo "payment-artifacts-$SUFFIX-$ACCOUNT_ID-$1"; }

deploy() { # BODY REGION [NAME=VALUE...]
  local body=$1 region=$2 values
  mapfile -t values <"parameters/$body.txt"
  aws cloudformation deploy --region "$region" --stack-name "payment-$body-$SUFFIX" --template-file "$body.yaml" \
    --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset --tags "${tags[@]}" \
    --parameter-overrides "${values[@]}" "${@:3}" >/dev/null
}

output() { # STACK REGION OUTPUT
  aws cloudformation describe-stacks --region "$2" --stack-name "$1" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$3'].OutputValue | [0]"
}

instance_output() { # REGION OUTPUT
  local stack
  stack=$(aws cloudformation list-stack-instances "${home[@]}" --stack-set-name "$STACK_SET" --output text \
    --query "Summaries[?Region=='$1'].StackId | [0]")
  output "$stack" "$1" "$2"
}

settle() { # OPERATION_ID: the CLI has no waiter for a StackSet's operation
  local status=RUNNING
  while [[ $status == RUNNING || $status == QUEUED ]]; do
    sleep "$POLL_SECONDS"
    status=$(aws cloudformation describe-stack-set-operation "${home[@]}" --stack-set-name "$STACK_SET" --operation-id "$1" \
      --query StackSetOperation.Status --output text)
  done
  [[ $status == SUCCEEDED ]] || { echo "operation $1: $status" >&2; return 1; }
}

side_by_side() { # FUNCTION: once for each Region
  local jobs=() job region
  for region in "${regions[@]}"; do "$1" "$region" & jobs+=($!); done
  for job in "${jobs[@]}"; do wait "$job"; done
}

bootstrap() { deploy bootstrap "$1"; }
packages() { aws s3 sync packages "s3://$(bucket "$1")" --region "$1" --size-only --no-progress >/dev/null; }

definition() { # ACTIVATION HEALTH_CHECK_PRIMARY HEALTH_CHECK_SECONDARY
  local values line
  mapfile -t values <parameters/regional.txt
  request=(--stack-set-name "$STACK_SET" --template-url "https://s3.$HOME_REGION.amazonaws.com/$(bucket "$HOME_REGION")/regional.yaml"
    --capabilities CAPABILITY_NAMED_IAM --administration-role-arn "arn:aws:iam::$ACCOUNT_ID:role/payment-stackset-administration-$SUFFIX"
    --execution-role-name "payment-stackset-execution-$SUFFIX" --tags)
  for line in "${tags[@]}"; do request+=("Key=${line%%=*},Value=${line#*=}"); done
  request+=(--parameters "ParameterKey=HostedZoneId,ParameterValue=$zone" "ParameterKey=Activation,ParameterValue=$1"
    "ParameterKey=HealthCheckIdPrimary,ParameterValue=$2" "ParameterKey=HealthCheckIdSecondary,ParameterValue=$3")
  for line in "${values[@]}"; do
    [[ $line == Activation=* ]] || request+=("ParameterKey=${line%%=*},ParameterValue=${line#*=}")
  done
}

update() { # as `definition`
  definition "$@"
  settle "$(aws cloudformation update-stack-set "${home[@]}" "${request[@]}" --query OperationId --output text \
    --operation-preferences "RegionOrder=${REGIONS// /,}")"
}

live() {
  update Live "$(output "payment-global-$SUFFIX" "$HOME_REGION" HealthCheckIdPrimary)" \
    "$(output "payment-global-$SUFFIX" "$HOME_REGION" HealthCheckIdSecondary)"
}

side_by_side bootstrap
side_by_side packages
aws s3 cp regional.yaml "s3://$(bucket "$HOME_REGION")/regional.yaml" "${home[@]}" --no-progress >/dev/null
zone=$(output "payment-bootstrap-$SUFFIX" "$HOME_REGION" HostedZoneId)
is_new=
if aws cloudformation describe-stack-set "${home[@]}" --stack-set-name "$STACK_SET" >/dev/null 2>&1; then
  live
else
  is_new=yes
  definition Prepared "" ""
  aws cloudformation create-stack-set "${home[@]}" "${request[@]}" >/dev/null
  settle "$(aws cloudformation create-stack-instances "${home[@]}" --stack-set-name "$STACK_SET" --accounts "$ACCOUNT_ID" \
    --regions "${regions[@]}" --operation-preferences "RegionOrder=${REGIONS// /,}" --query OperationId --output text)"
fi
deploy global "$HOME_REGION" "HostedZoneId=$zone" \
  "HostedZoneNameServers=$(output "payment-bootstrap-$SUFFIX" "$HOME_REGION" HostedZoneNameServers)" \
  "PrimaryDomainTarget=$(instance_output "$PRIMARY_REGION" RegionalDomainName)" \
  "SecondaryDomainTarget=$(instance_output "$HOME_REGION" RegionalDomainName)"
if [[ $is_new ]]; then live; fi
