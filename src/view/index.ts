export * from './causality.ts'
export * from './diff.ts'
export * from './run.ts'
export * from './view.ts'
