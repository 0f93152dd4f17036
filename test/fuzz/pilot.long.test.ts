import './pilot.test.ts'
