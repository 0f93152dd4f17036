import './traces.test.ts'
