import './runs.test.ts'
