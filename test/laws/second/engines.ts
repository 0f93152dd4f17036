/** The engines themselves, each in one setting, beside all else that a program of the user's may import. */
export { check } from '../../../src/check/check.ts'
export type { CheckResult } from '../../../src/check/result/result.ts'
export { runHere } from '../../../src/fuzz/campaign/campaign.ts'
export * from '../../../src/index.ts'
export { replay } from '../../../src/trace/index.ts'
