import './check-verdicts.test.ts'
