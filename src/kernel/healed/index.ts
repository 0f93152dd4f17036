export { type BrokenAfterRecovery, Healer, NOTHING_PUT, type PutNumbers } from './healer.ts'
export { NONE_USED, type UsedWords, usedWords } from './inboxes.ts'
export type { SoupEntry } from './soups.ts'
