import type { Json } from '../model/index.ts'
import { isNothing } from './deeds.ts'
import { inWords, type RecordedRun } from './recorder.ts'

interface Pair {
  readonly model: Json
  readonly program: Json
}

/** Where one of them still asks, and the other has acted: it acts where the first one may have to wait. */
export function actsWithoutAsking(one: RecordedRun, other: RecordedRun, { model, program }: Pair): string | undefined {
  if ('asks' in one && !('asks' in other) && !('done' in other && isNothing(other.done, program))) {
    return `the model asks for ${inWords(one.asks)}, the program goes on without`
  }
  if ('asks' in other && !('asks' in one) && !('done' in one && isNothing(one.done, model))) {
    return `the model goes on without asking, the program asks for ${inWords(other.asks)}`
  }
  return undefined
}
