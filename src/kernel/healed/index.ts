export { Healer, NOTHING_PUT, type PutNumbers, type Wounded } from './healer.ts'
export { NONE_USED, type UsedWords, usedWords } from './inboxes.ts'
export type { Entry } from './soups.ts'
