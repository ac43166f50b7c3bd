/** Fields by state type. Source: Amazon States Language, "State types"; Developer Guide, "Workflow states". */
const everywhere = ['Type', 'Comment', 'QueryLanguage']
const transition = ['Next', 'End']
const paths = ['InputPath', 'OutputPath']
const failing = ['Retry', 'Catch']
const results = ['Parameters', 'ResultPath', 'ResultSelector', 'Arguments']

export const stateTypes = [
  'Task',
  'Wait',
  'Pass',
  'Succeed',
  'Fail',
  'Choice',
  'Parallel',
  'Map',
] as const

export const fieldsOf: Readonly<Record<(typeof stateTypes)[number], ReadonlySet<string>>> = {
  Task: new Set([
    ...everywhere,
    ...transition,
    ...paths,
    ...failing,
    ...results,
    ...['Resource', 'Credentials', 'TimeoutSeconds', 'TimeoutSecondsPath'],
    ...['HeartbeatSeconds', 'HeartbeatSecondsPath', 'Output', 'Assign'],
  ]),
  Pass: new Set([
    ...everywhere,
    ...transition,
    ...paths,
    ...['Parameters', 'ResultPath', 'Result', 'Output', 'Assign'],
  ]),
  Wait: new Set([
    ...everywhere,
    ...transition,
    ...paths,
    ...['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath', 'Output', 'Assign'],
  ]),
  Choice: new Set([...everywhere, ...paths, 'Choices', 'Default', 'Output', 'Assign']),
  Succeed: new Set([...everywhere, ...paths, 'Output']),
  Fail: new Set([...everywhere, 'Error', 'ErrorPath', 'Cause', 'CausePath']),
  Parallel: new Set([
    ...everywhere,
    ...transition,
    ...paths,
    ...failing,
    ...results,
    ...['Branches', 'Output', 'Assign'],
  ]),
  Map: new Set([
    ...everywhere,
    ...transition,
    ...paths,
    ...failing,
    ...results.filter((name) => name !== 'Arguments'),
    ...['ItemProcessor', 'Iterator', 'ItemsPath', 'Items', 'ItemSelector', 'ItemReader'],
    ...['ItemBatcher', 'ResultWriter', 'MaxConcurrency', 'MaxConcurrencyPath', 'Label'],
    ...['ToleratedFailureCount', 'ToleratedFailureCountPath', 'ToleratedFailurePercentage'],
    ...['ToleratedFailurePercentagePath', 'Output', 'Assign'],
  ]),
}

/** Fields that a state must have, whatever its language. */
export const requiredOf: Readonly<Partial<Record<(typeof stateTypes)[number], readonly string[]>>> =
  {
    Task: ['Resource'],
    Choice: ['Choices'],
    Parallel: ['Branches'],
  }

/** Fields that belong to one query language. */
export const jsonataFields: ReadonlySet<string> = new Set(['Arguments', 'Output', 'Items'])
export const jsonPathFields: ReadonlySet<string> = new Set([
  ...['InputPath', 'OutputPath', 'Parameters', 'ResultPath', 'ResultSelector', 'ItemsPath'],
  ...['SecondsPath', 'TimestampPath', 'ErrorPath', 'CausePath', 'TimeoutSecondsPath'],
  ...['HeartbeatSecondsPath', 'MaxConcurrencyPath', 'ToleratedFailureCountPath'],
  'ToleratedFailurePercentagePath',
])
