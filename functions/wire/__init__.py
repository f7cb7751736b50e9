"""What every function behind the API says and hears alike: headers, answers, problem documents, log lines."""
