import './completion.test.ts'
