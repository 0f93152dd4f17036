import './check-verdicts-published.test.ts'
