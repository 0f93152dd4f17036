export { conformance, type Mapping } from './conformance.ts'
