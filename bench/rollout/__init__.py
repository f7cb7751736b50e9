"""What a roll-out takes, beside the AWS CLI, Sceptre, the CDK CLI, and the CloudFormation operations alone."""
