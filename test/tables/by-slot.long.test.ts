import './by-slot.test.ts'
