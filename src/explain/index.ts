export * from './explain.ts'
export * from './explanation.ts'
export * from './forensics.ts'
