import './sound.test.ts'
