import './check-verdicts-by-delivery.test.ts'
