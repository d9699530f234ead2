"""The local web app: HTTP -> API -> JSON and pages. Computes nothing; needs the extra ``web``.

``app.create_app(settings)`` puts it together. JSON is in ``api/``, pages in ``pages/`` and ``templates/``, assets in
``static/``. Nothing a request says names a file, and no page loads anything from elsewhere.
"""
