import { HarnessError, type Protocol, UsageError } from '../../model/index.ts'
import { assertKind, assertShape, FUNCTION, listOf, OBJECT, optional, TEXT } from '../../model/shape.ts'
import type { Actions, Chosen } from './actions.ts'
import type { Chooser } from './chooser.ts'
import { choosers } from './choosers.ts'

const CHOOSER = { name: TEXT, about: TEXT, partner: optional(OBJECT), begin: FUNCTION }

/** Schedulers that somebody has written for a protocol, outside of this package. */
const own = new WeakMap<Protocol, readonly Chooser[]>()

/** All schedulers that a search of a protocol can draw from. */
export function choosersFor(protocol: Protocol): readonly Chooser[] {
  return [...choosers, ...(own.get(protocol) ?? [])]
}

/**
 * Adds schedulers to all later searches of a protocol. A search that names none draws from them as well.
 * @throws UsageError for what is no scheduler, and for a name that there is already
 */
export function addSchedulers(protocol: Protocol, added: readonly Chooser[]): void {
  assertKind('schedulers', listOf(OBJECT), added)
  const known = choosers.map(({ name }) => name)
  for (const chooser of added) {
    assertShape(`the scheduler ${String(chooser.name)}`, CHOOSER, chooser)
    if (known.includes(chooser.name)) {
      throw new UsageError(`there is a scheduler called ${chooser.name} already`, 'give it another name')
    }
    known.push(chooser.name)
  }
  own.set(protocol, added.map(watched))
}

/** Whoever asks for a step that is not there is wrong; where that is not this package, it is no bug of it. */
function chosenBy(name: string, choose: () => Chosen | undefined): Chosen | undefined {
  try {
    return choose()
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    throw new UsageError(`the scheduler ${name}: ${error.message}`, 'choose by the counts of what there is')
  }
}

/** The same scheduler; what it chooses is looked at first: it may have nothing but what there is to choose from. */
function watched(chooser: Chooser): Chooser {
  return {
    ...chooser,
    begin(choices, weights, known) {
      const next = chooser.begin(choices, weights, known)
      assertKind(`what the scheduler ${chooser.name} begins with`, FUNCTION, next)
      return (actions: Actions): Chosen | undefined => {
        const chosen = chosenBy(chooser.name, () => next(actions))
        // There is one object for all that is chosen: any other was not taken from what there is.
        if (chosen === undefined || actions.isChosen(chosen)) return chosen
        throw new UsageError(
          `the scheduler ${chooser.name} chooses something that is not a step`,
          'return what drawStep, drawAny or actions.step(kind, number) gives',
        )
      }
    },
  }
}
