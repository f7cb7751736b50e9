"""What the payment function costs, beside bare boto3 and beside the same contract written with Powertools."""
