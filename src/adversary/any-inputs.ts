import { range, type Setting } from '../model/index.ts'

/**
 * By participant: every value for whoever takes inputs, which are the clients where there are any, else the replicas; and
 * all of a role of which one is offered some.
 */
export function anyInputs({ n, clients, inputs, values }: Setting): readonly (readonly string[])[] {
  const isClient = (id: number): boolean => id >= n
  const takes = (id: number): boolean =>
    clients > 0 === isClient(id) || inputs.some((list, other) => list.length > 0 && isClient(other) === isClient(id))
  return range(n + clients).map((id) => (takes(id) ? values : []))
}
