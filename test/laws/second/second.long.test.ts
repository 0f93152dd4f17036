import './second.test.ts'
