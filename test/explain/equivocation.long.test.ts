import './equivocation.test.ts'
