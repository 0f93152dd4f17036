/** A file has one `protocol`: this one makes the weakened variant the subject. */
export { claims, fPlus1 as protocol } from './echo-broadcast.ts'
