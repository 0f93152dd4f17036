import { type Claim, type Invariant, invariant, nameOf, sometimes } from '../model/index.ts'

/** An output that says what differs. */
interface Difference {
  readonly differs: string
}

/** The program does what the model does. */
export const conforms: Invariant<any> = invariant(
  {
    name: 'conforms',
    about: 'On each event, the program does what the model does.',
    promised: 'always',
    promise: () => true,
  },
  ({ outputs, setting }) => {
    const found = outputs.find(({ output }) => isDifference(output))
    return found && `${nameOf(found.at, setting.n)}, ${(found.output as Difference).differs}`
  },
)

export const compared: Claim<any> = sometimes(
  { name: 'compared', about: 'Some replica makes an output.' },
  ({ outputs }) => outputs.some(({ output }) => !isDifference(output)),
)

function isDifference(output: unknown): output is Difference {
  return typeof output === 'object' && output !== null && Object.hasOwn(output, 'differs')
}
