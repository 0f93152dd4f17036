export type { Limits } from './child.ts'
export { type External, external, type Listening } from './external.ts'
export { type ExternalProgram, endPrograms, programOf, reportOnPrograms, settlePrograms } from './program-of.ts'
export type { ProgramAction, ProgramAnswer, ProgramQuestion, WireEvent, WireMatch } from './wire.ts'
