import './superfluous.test.ts'
