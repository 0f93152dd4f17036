import { canonical, type Protocol, type Setting, UsageError } from '../model/index.ts'
import { configure } from '../system/index.ts'

/**
 * Holds a setting from a file against what the command line would make of it, so that no other setting is ever run:
 * ids in range and sorted, one list of inputs for each participant, exactly the bounds that the protocol has.
 * @throws UsageError that names the key
 */
export function assertSetting(protocol: Protocol, setting: Setting): void {
  const { n, clients, byzantine, inputs, ...rest } = setting
  if (inputs.length !== n + clients) {
    throw new UsageError(
      `setting.inputs has ${inputs.length} lists, but there are ${n + clients} participants`,
      'undo the edit: there is one list of inputs for each replica and each client',
    )
  }
  let made: Setting | undefined
  try {
    made = configure(protocol, {
      ...rest,
      n,
      clients,
      // An id beyond the replicas is a client's where there are clients, and a mistake where there are none.
      byzantine: clients > 0 ? byzantine.filter((id) => id < n) : byzantine,
      byzantineClients: clients > 0 ? byzantine.filter((id) => id >= n) : [],
      inputs: { ...inputs },
    })[0]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`the trace's setting makes no sense: ${error.message}`, error.suggestion)
  }
  for (const key of Object.keys(setting) as (keyof Setting)[]) {
    if (canonical(setting[key]) === canonical(made![key])) continue
    throw new UsageError(
      `setting.${key} is ${canonical(setting[key])}, but ${protocol.subject} would run with ${canonical(made![key])}`,
      'undo the edit, or find the violation again',
    )
  }
}
