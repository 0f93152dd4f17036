export { conformance } from './conformance.ts'
export { explanation, type Logged } from './explanation.ts'
export type { Mapping } from './mapping.ts'
