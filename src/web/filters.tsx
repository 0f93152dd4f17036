import type { RunView } from '../view/run.ts'
import { type Filter, typesOf } from './model.ts'

interface Props {
  readonly run: RunView
  readonly filter: Filter
  readonly change: (filter: Filter) => void
}

function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const copy = new Set(set)
  if (!copy.delete(item)) copy.add(item)
  return copy
}

/** What is shown of the run: participants, types of messages, the past of a step. */
export function Filters({ run, filter, change }: Props) {
  const box = (name: string, isOn: boolean, next: Filter) => (
    <label key={name}>
      <input type="checkbox" checked={isOn} onChange={() => change(next)} />
      {name}
    </label>
  )
  return (
    <details class="filters">
      <summary>filter</summary>
      <div>
        {run.lanes.map(({ id, name }) =>
          box(name, !filter.hiddenLanes.has(id), { ...filter, hiddenLanes: toggled(filter.hiddenLanes, id) }),
        )}
      </div>
      <div>
        {typesOf(run).map((type) =>
          box(type, !filter.hiddenTypes.has(type), { ...filter, hiddenTypes: toggled(filter.hiddenTypes, type) }),
        )}
      </div>
      <div>
        {box('what never arrived', filter.showMissing, { ...filter, showMissing: !filter.showMissing })}
        {box('only the causal past of the step', filter.onlyPast, { ...filter, onlyPast: !filter.onlyPast })}
      </div>
    </details>
  )
}
