import './surroundings.test.ts'
