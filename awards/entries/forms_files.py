from awards.web.forms import Form, Version


class RemoveFile(Form):
    version: Version
