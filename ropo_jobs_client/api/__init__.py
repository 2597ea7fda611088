"""The endpoints of the API: a module for each operation, generated from the document.

    from ropo_jobs_client.api.jobs import jobs_get_action

    job = await jobs_get_action.call(ropo, jobid=1)

`request(...)` checks the arguments and returns what would be sent, an `ApiRequest`. `call(client, ...)` sends it
through a `RopoJobsClient`, or through anything with an async method `send(request)`. The methods of `RopoJobsClient`
add what an endpoint cannot know: look-ups by billnum, whether another job came back, `PartlyAccepted`.
"""

from .._generated.operations import OPERATIONS as OPERATIONS
from .._generated.types import ApiRequest as ApiRequest
from .._generated.types import Client as Client
from .._generated.types import Operation as Operation
from . import auth as auth
from . import jobs as jobs

__all__ = ["OPERATIONS", "ApiRequest", "Client", "Operation", "auth", "jobs"]
