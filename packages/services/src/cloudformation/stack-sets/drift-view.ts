import type { StackSetDriftDetectionDetails } from '@cloud-orrery/models/cloudformation'
import type { SetDrift } from './state.ts'

/** As the API shows it. */
export function driftView(drift: SetDrift): StackSetDriftDetectionDetails {
  return {
    DriftStatus: drift.status,
    DriftDetectionStatus: drift.detection,
    TotalStackInstancesCount: drift.total,
    DriftedStackInstancesCount: drift.drifted,
    InSyncStackInstancesCount: drift.inSync,
    InProgressStackInstancesCount: drift.inProgress,
    FailedStackInstancesCount: drift.failed,
    ...(drift.checkedAtMs === undefined ? {} : { LastDriftCheckTimestamp: drift.checkedAtMs }),
  }
}
