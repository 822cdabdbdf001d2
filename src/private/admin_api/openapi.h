#pragma once

namespace dermaga::admin_api {

// api/admin.openapi.yaml as compact JSON.
extern const char kOpenApiJson[];

}  // namespace dermaga::admin_api
