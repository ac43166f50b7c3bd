import {
  AwsApiGatewayDocumentationPart,
  AwsApiGatewayDocumentationVersion,
  CreateDocumentationPart,
  CreateDocumentationVersion,
  DeleteDocumentationPart,
  DeleteDocumentationVersion,
  UpdateDocumentationPart,
  UpdateDocumentationVersion,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const documentationPartType = resource(AwsApiGatewayDocumentationPart, {
  async create(ctx, { RestApiId: restApiId, Location: at, Properties: properties }) {
    const { id = '' } = await ctx.call(CreateDocumentationPart, {
      restApiId,
      location: {
        type: at.Type ?? 'API',
        path: at.Path,
        method: at.Method,
        statusCode: at.StatusCode,
        name: at.Name,
      },
      properties,
    })
    return { DocumentationPartId: id, physicalId: id }
  },
  async update(ctx, { RestApiId: restApiId, Properties: value }, _previous, state) {
    await ctx.call(UpdateDocumentationPart, {
      restApiId,
      documentationPartId: state.DocumentationPartId,
      patchOperations: [{ op: 'replace', path: '/properties', value }],
    })
    return state
  },
  async delete(ctx, { DocumentationPartId: documentationPartId }, { RestApiId: restApiId }) {
    await unlessGone(ctx.call(DeleteDocumentationPart, { restApiId, documentationPartId }))
  },
})

export const documentationVersionType = resource(AwsApiGatewayDocumentationVersion, {
  async create(ctx, { RestApiId: restApiId, DocumentationVersion, Description }) {
    await ctx.call(CreateDocumentationVersion, {
      restApiId,
      documentationVersion: DocumentationVersion,
      description: Description,
    })
    return { physicalId: DocumentationVersion }
  },
  async update(ctx, { RestApiId: restApiId, DocumentationVersion, Description }, _before, state) {
    await ctx.call(UpdateDocumentationVersion, {
      restApiId,
      documentationVersion: DocumentationVersion,
      patchOperations: [{ op: 'replace', path: '/description', value: Description ?? '' }],
    })
    return state
  },
  async delete(ctx, _state, { RestApiId: restApiId, DocumentationVersion }) {
    const documentationVersion = DocumentationVersion
    await unlessGone(ctx.call(DeleteDocumentationVersion, { restApiId, documentationVersion }))
  },
})
