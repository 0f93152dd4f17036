import { check } from '../../src/check/check.ts'
import type { CheckResult } from '../../src/check/result/result.ts'
import { type Configuration, canonical, defineProtocol, invariant, program, sometimes } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

export type Says = { type: 'P'; [field: string]: unknown }
type Message = Says | { type: 'GO' }
interface Types {
  state: { said: boolean; done: boolean }
  message: Message
  output: { got: string }
  rules: () => object
}

/** On input number i everybody says message number i; whoever gets one puts out what it is. */
export function sayer(says: readonly Says[], more: Partial<Parameters<typeof defineProtocol<Types>>[0]> = {}) {
  return defineProtocol<Types>({
    name: 'sayer',
    about: 'Says what it is told.',
    rules: () => ({}),
    auth: 'channels',
    defaults: () => ({ f: 0, b: 1, values: says.map((_, i) => String(i)), inputs: 'any', bounds: {} }),
    init: () => ({ said: false, done: false }),
    input(state, value, ctx) {
      if (state.said) return
      state.said = true
      ctx.broadcast(says[Number(value)]!)
    },
    upon: {
      GO() {},
      P(state, message, ctx) {
        if (state.done) return
        state.done = true
        ctx.output({ got: canonical(message) })
      },
    },
    ...more,
  })
}

export function checked(
  protocol: ReturnType<typeof sayer>,
  bad: (message: any) => boolean,
  conf: Configuration = {},
): CheckResult {
  const [setting] = configure(protocol, { n: 3, byzantine: [0], ...conf })
  const claims = [
    invariant<{ got: string }>({ name: 'never', about: 'nobody gets it' }, ({ outputs }) =>
      outputs.some(({ output }) => bad(JSON.parse(output.got))) ? 'got it' : undefined,
    ),
    sometimes<{ got: string }>({ name: 'some', about: 'somebody gets something' }, ({ outputs }) => outputs.length > 0),
  ]
  return check({ program: program(protocol, setting!), claims })
}
