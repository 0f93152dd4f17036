import './mutants.test.ts'
