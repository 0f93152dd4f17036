import './doctor.test.ts'
