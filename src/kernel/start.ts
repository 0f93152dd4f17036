import type { Id, Program } from '../model/index.ts'
import { byArrival, type System } from '../system/index.ts'
import type { Coalition } from './coalition.ts'
import type { Instance } from './instance.ts'
import type { Kernel } from './kernel.ts'
import type { Row } from './row.ts'

/** What there is before the first step. */
export interface Beginning {
  /** The correct participants, in order. */
  readonly instances: readonly { readonly row: Row; readonly outputs: readonly number[] }[]
  readonly said: readonly { readonly from: Id; readonly envelope: number }[]
}

export function beginningOf(kernel: Kernel, program: Program, origin: System): Beginning {
  const { table } = kernel
  const instances = origin.locals.flatMap((local, id) => {
    if (!local) return []
    const outputs = origin.outputs[id]!.map((output) => table.outputs.number(output as never))
    const profile = kernel.profile(id, program.setting.inputs[id]!, !byArrival(program))
    return [{ row: profile.start(local), outputs }]
  })
  const said = origin.soup.map(({ from, to, message }) => ({
    from,
    envelope: kernel.envelopes.number({ to, message: table.messages.number(message) }),
  }))
  return { instances, said }
}

/** How a run begins once the coalition has something ready: the same for all runs in which it is the same. */
export interface Start {
  readonly instances: readonly { readonly record: Instance['record']; readonly come: ReturnType<Instance['save']> }[]
  readonly coalition: ReturnType<Coalition['save']>
  readonly soup: Int32Array
}
