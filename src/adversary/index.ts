export * from './recombine.ts'
export * from './strategies.ts'
export * from './strategy.ts'
export * from './universe.ts'
