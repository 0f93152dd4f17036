import './check-verdicts-pbft.test.ts'
