"""Static files under hashed names, JavaScript modules' imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Off by default in Django 5.2: without it a hashed module would import an unhashed one."""

    support_js_module_import_aggregation = True
    keep_intermediate_files = False
