import {
  AwsCloudFormationStackSet,
  CreateStackSet,
  DeleteStackSet,
  type AwsCloudFormationStackSetProperties as Properties,
  UpdateStackSet,
} from '@cloud-orrery/models/cloudformation'
import { resource } from '../../define.ts'
import { definitionChanged, preferencesOf } from '../stack-sets/resource-plan.ts'

/** A stack set. Its instances come, change and go while its step waits: see `stack-sets/resource-work.ts`. */
export const stackSetType = resource(AwsCloudFormationStackSet, {
  async create(ctx, properties) {
    const { PermissionModel, StackSetName } = properties
    const { StackSetId = '' } = await ctx.call(CreateStackSet, {
      ...definition(properties),
      StackSetName,
      PermissionModel: PermissionModel as 'SELF_MANAGED', // The schema lists the API's values.
      ClientRequestToken: `${ctx.requestToken}-${ctx.logicalId}`.slice(-128),
      ...(properties.AutoDeployment === undefined
        ? {}
        : { AutoDeployment: properties.AutoDeployment }),
    })
    return { StackSetId }
  },
  async update(ctx, properties, previous, { StackSetId }) {
    if (!definitionChanged(properties, previous)) return { StackSetId }
    await ctx.call(UpdateStackSet, {
      ...definition(properties),
      StackSetName: StackSetId,
      ...preferencesOf(properties),
      ...(properties.AutoDeployment === undefined
        ? {}
        : { AutoDeployment: properties.AutoDeployment }),
    })
    return { StackSetId }
  },
  async delete(ctx, { StackSetId }) {
    await ctx.call(DeleteStackSet, { StackSetName: StackSetId })
  },
})

/** What creating and updating have in common. */
function definition(properties: Properties) {
  const { Capabilities, CallAs, Parameters, Tags } = properties
  const { TemplateBody, TemplateURL, Description, ManagedExecution } = properties
  const { AdministrationRoleARN, ExecutionRoleName } = properties
  return {
    TemplateBody,
    TemplateURL,
    Description,
    Parameters,
    AdministrationRoleARN,
    ExecutionRoleName,
    ManagedExecution,
    Capabilities: Capabilities as 'CAPABILITY_IAM'[] | undefined, // The schema lists the API's values.
    CallAs: CallAs as 'SELF' | undefined, // As above.
    Tags: Tags?.map(({ Key, Value }) => ({ Key, Value })),
  }
}
