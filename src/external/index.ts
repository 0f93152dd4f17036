export { type External, external, type Limits, type Listening } from './external.ts'
export { endPrograms, type Program, programOf, reportOnPrograms } from './program-of.ts'
export type { Action, Answer, Question, WireEvent, WireMatch } from './wire.ts'
