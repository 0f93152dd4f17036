import type { Id } from '../../src/model/index.ts'
import type { Step } from '../../src/system/index.ts'
import { arrive } from './schedule.ts'

export const request = (payload: string) => ({ type: 'REQUEST', payload })
export const vote =
  (type: string) =>
  (payload: string, view = 0, sequence = 1) => ({ type, view, sequence, payload })
export const prePrepare = vote('PRE_PREPARE')
export const prepare = vote('PREPARE')
export const commit = vote('COMMIT')
export const viewChange = { type: 'VIEW_CHANGE', view: 1 }
export const newView = (view: number) => ({ type: 'NEW_VIEW', view })

/** The client of n replicas issues an operation, and the primary of the view gets it. */
export const issue = (n: number, payload: string, primary: Id = 0): Step[] => [
  { at: n, input: payload },
  ...arrive(request(payload), n, primary),
]
export const timeouts = (...ids: Id[]): Step[] => ids.map((at) => ({ at, timeout: 'view' }))
/** Votes of everybody else in a group reach everybody in it. */
export const among = (ids: Id[], message: ReturnType<typeof commit>): Step[] =>
  ids.flatMap((from) => arrive(message, from, ...ids.filter((at) => at !== from)))
/** r1 becomes the primary of view 1, in which the others named are too. */
export const toView1 = (...others: Id[]): Step[] => [
  ...timeouts(1, ...others),
  ...others.slice(0, 2).flatMap((from) => arrive(viewChange, from, 1)),
]
