import './liveness.test.ts'
