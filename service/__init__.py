"""The doors: the command, the API and the reports. They ask permission, translate and show; they compute nothing."""
