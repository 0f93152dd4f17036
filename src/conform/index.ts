export { conformance, type Mapping } from './conformance.ts'
export { explanation, type Logged } from './explanation.ts'
