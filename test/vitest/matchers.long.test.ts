import './matchers.test.ts'
